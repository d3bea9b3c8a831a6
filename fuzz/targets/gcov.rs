#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gate_fuzz::reads("{\"gcc_version\":\"12\",\"files\":[{\"file\":\"a.c\",\"lines\":[", bytes));

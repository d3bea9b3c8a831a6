#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gate_fuzz::reads("{\"data\":[{\"files\":[{\"filename\":\"a.c\",\"segments\":[", bytes));

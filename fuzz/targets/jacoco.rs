#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gate_fuzz::reads("<report name=\"x\"><sessioninfo/>", bytes));

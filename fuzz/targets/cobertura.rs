#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gate_fuzz::reads("<coverage line-rate=\"1\"><packages>", bytes));

#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gate_fuzz::reads("{\"x\":{\"coverage\":{\"a.c\":", bytes));

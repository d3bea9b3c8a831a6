#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gate_fuzz::reads("<coverage clover=\"3\"><file path=\"a.c\">", bytes));

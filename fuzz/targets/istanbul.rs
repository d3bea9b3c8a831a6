#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gate_fuzz::reads("{\"a.c\":{\"statementMap\":{\"0\":{\"start\":{\"line\":1,\"column\":1}}},", bytes));

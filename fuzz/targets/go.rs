#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gate_fuzz::reads("mode: count\ncalc/calc.go:", bytes));

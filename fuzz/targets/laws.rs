#![no_main]
//! Two reports, parted by a zero byte.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    gate_fuzz::laws(parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
});

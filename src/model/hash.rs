//! A hash that is the same on every machine and in every version of gate: fingerprints made from it outlive a run.
//!
//! Folded multiplication as in wyhash (public domain, Wang Yi); not for hostile keys.

const K0: u64 = 0xa076_1d64_78bd_642f;
const K1: u64 = 0xe703_7ed1_a0b4_28db;

/// Mixes `value` into `state`; the order of calls matters.
#[inline]
pub fn mix(state: u64, value: u64) -> u64 {
    // Turned first: state and value that are alike must not cancel out, as they do for tokens whose kind is called like their text.
    let product = u128::from(state.rotate_left(23) ^ value ^ K1).wrapping_mul(u128::from(K0));
    (product as u64) ^ ((product >> 64) as u64)
}

/// Mixes two values at once, at the price of one: where they are many, and what is made of them outlives no run.
#[inline]
pub fn mix_pair(state: u64, one: u64, other: u64) -> u64 {
    let product = u128::from(state.rotate_left(23) ^ one ^ K0).wrapping_mul(u128::from(other ^ K1));
    (product as u64) ^ ((product >> 64) as u64)
}

/// Hashes some bytes, most often one short token.
#[inline]
pub fn bytes(text: &[u8]) -> u64 {
    let mut state = mix(K1, text.len() as u64);
    let (words, rest) = text.as_chunks::<8>();
    for word in words {
        state = mix(state, u64::from_le_bytes(*word));
    }
    mix(state, little_endian(rest))
}

/// Up to seven bytes as a number, read from both ends: most tokens are that short, and a loop over them shows.
#[inline]
fn little_endian(bytes: &[u8]) -> u64 {
    let shift = |value: u64, place: usize| value << (8 * place);
    match (bytes, bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (_, Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | shift(u64::from(u32::from_le_bytes(*last)), bytes.len() - 4)
        }
        ([first, .., last], ..) => {
            let middle = bytes.len() / 2;
            u64::from(*first) | shift(u64::from(bytes[middle]), middle) | shift(u64::from(*last), bytes.len() - 1)
        }
        ([only], ..) => u64::from(*only),
        ([], ..) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_what_it_was() {
        // Written down once; a change here breaks every stored fingerprint.
        assert_eq!([16_751_366_374_893_132_178, 11_384_663_529_275_917_328], [bytes(b""), bytes(b"gate:allow")]);
        assert_ne!(bytes(b"a"), bytes(b"b"));
        assert_ne!(bytes(b"abcdefgh"), bytes(b"abcdefgh\0"));
    }

    #[test]
    fn a_rest_is_read_as_little_endian() {
        let bytes: Vec<u8> = (1..8).collect();
        for length in 0..8 {
            let mut whole = [0; 8];
            whole[..length].copy_from_slice(&bytes[..length]);
            assert_eq!(u64::from_le_bytes(whole), little_endian(&bytes[..length]), "{length}");
        }
    }

    #[test]
    fn mixing_depends_on_both_values_and_their_order() {
        assert_ne!(mix(bytes(b"+"), bytes(b"+")), mix(bytes(b"-"), bytes(b"-")));
        assert_ne!(mix(bytes(b"a"), bytes(b"b")), mix(bytes(b"b"), bytes(b"a")));
    }
}

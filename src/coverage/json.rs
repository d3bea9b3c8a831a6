//! JSON as its readers want it: typed, whatever numbers look like, and with keys that come twice. Knows no format.
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::field;
use super::refused::Refused;
use crate::model::hash;

/// How often something ran; nothing for `null` and for words such as `"ignored"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hits(pub(super) Option<u32>);

/// A list of numbers: the first N, those that are not there as 0. Truth values are 1 and 0, others 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<const N: usize>(pub(super) [i64; N]);

/// An object in the order of the text, with keys as their hashes.
#[derive(Debug)]
pub(super) struct Pairs<T>(pub(super) Vec<(u64, T)>);

/// A string, borrowed where it can be.
#[derive(Debug, Default)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

/// An object in the order of the text.
pub(super) fn members<'de: 'a, 'a, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(Text<'a>, T)>, D::Error> {
    struct OfMembers<'a, T>(PhantomData<(&'a (), T)>);
    impl<'de: 'a, 'a, T: Deserialize<'de>> Visitor<'de> for OfMembers<'a, T> {
        type Value = Vec<(Text<'a>, T)>;

        fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
            out.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut all = Vec::new();
            while let Some(member) = map.next_entry()? {
                all.push(member);
            }
            Ok(all)
        }
    }
    deserializer.deserialize_map(OfMembers(PhantomData))
}

/// Parses the whole of it.
pub(super) fn parse<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Refused> {
    seeded(bytes, PhantomData)
}

/// Calls `each` for every member of the outermost object.
pub(super) fn each<'de, T: Deserialize<'de>>(
    bytes: &'de [u8],
    each: impl FnMut(Text<'de>, T) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let mut refused = None;
    let parsed = seeded(bytes, Each { each, refused: &mut refused, of: PhantomData });
    refused.map_or(parsed, Err)
}

fn seeded<'de, S: DeserializeSeed<'de>>(bytes: &'de [u8], seed: S) -> Result<S::Value, Refused> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let parsed = seed.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    parsed.map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        if error.is_eof() {
            Refused::truncated(bytes.len() as u64)
        } else {
            let text = error.to_string();
            let why = text.split(" at line ").next().unwrap_or_default();
            Refused::new(format!("is not as it should be in {place}: {why:.200}"))
        }
    })
}

struct Each<'a, T, F> {
    each: F,
    refused: &'a mut Option<Refused>,
    of: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>, F: FnMut(Text<'de>, T) -> Result<(), Refused>> DeserializeSeed<'de> for Each<'_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(Text<'de>, T) -> Result<(), Refused>> Visitor<'de> for Each<'_, T, F> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((key, value)) = map.next_entry()? {
            if let Err(refused) = (self.each)(key, value) {
                *self.refused = Some(refused);
                return Err(serde::de::Error::custom("refused"));
            }
        }
        Ok(())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfText;
        impl<'de> Visitor<'de> for OfText {
            type Value = Text<'de>;

            fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
                out.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(text.into()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(text.to_owned().into()))
            }
        }
        deserializer.deserialize_str(OfText)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfPairs<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for OfPairs<T> {
            type Value = Pairs<T>;

            fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
                out.write_str("an object or null")
            }

            fn visit_unit<E>(self) -> Result<Pairs<T>, E> {
                Ok(Pairs(Vec::new()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<T>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(key) = map.next_key::<Text>()? {
                    pairs.push((hash::bytes(key.0.as_bytes()), map.next_value()?));
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_any(OfPairs(PhantomData))
    }
}

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Pairs(Vec::new())
    }
}

impl<'de, const N: usize> Deserialize<'de> for Row<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfRow<const N: usize>;
        impl<'de, const N: usize> Visitor<'de> for OfRow<N> {
            type Value = Row<N>;

            fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
                out.write_str("a list of numbers")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Row<N>, A::Error> {
                let mut row = [0; N];
                let mut place = 0;
                while let Some(value) = list.next_element::<Number>()? {
                    if let Some(slot) = row.get_mut(place) {
                        *slot = value.0.unwrap_or(0);
                    }
                    place += 1;
                }
                Ok(Row(row))
            }
        }
        deserializer.deserialize_seq(OfRow)
    }
}

impl<'de> Deserialize<'de> for Hits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let short = |count: i64| u32::try_from(count.max(0)).unwrap_or(u32::MAX);
        Number::deserialize(deserializer).map(|number| Hits(number.0.map(short)))
    }
}

/// Saturating; fractions are rounded up, as a thing that ran ran once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Number(pub(super) Option<i64>);

impl Number {
    pub(super) fn line(self) -> Option<u64> {
        self.0.and_then(|line| u64::try_from(line).ok())
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfNumber;
        impl<'de> Visitor<'de> for OfNumber {
            type Value = Number;

            fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
                out.write_str("a number")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
                Ok(Number(Some(i64::try_from(number).unwrap_or(i64::MAX))))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Number, E> {
                Ok(Number(Some(number)))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Number, E> {
                Ok(Number(Some(if number < 0.0 { -1 } else { field::of_float(number).into() })))
            }

            fn visit_bool<E>(self, yes: bool) -> Result<Number, E> {
                Ok(Number(Some(yes.into())))
            }

            fn visit_unit<E>(self) -> Result<Number, E> {
                Ok(Number(None))
            }

            fn visit_str<E>(self, _: &str) -> Result<Number, E> {
                Ok(Number(None))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Number, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Number(None))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Number, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Number(None))
            }
        }
        deserializer.deserialize_any(OfNumber)
    }
}

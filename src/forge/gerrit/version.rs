//! What a server's version says about what it can do. A version that cannot be read, as hosted servers have it, is taken for the newest.

/// As the server tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub text: String,
    /// Major and minor; none if it cannot be read.
    pub number: Option<(u32, u32)>,
}

/// What not all servers have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    TraceHeader,
    CommentLimits,
    /// The attention set, `/PATCHSET_LEVEL`, ported comments and the mark of service accounts.
    Attention,
    SubmitRequirements,
    /// Labels that block by their function are refused.
    NoBlockingLabels,
    /// Blocks fenced as `suggestion` can be applied with one click.
    Suggestions,
    Fixes,
    Tokens,
}

const SINCE: &[(Feature, (u32, u32))] = &[
    (Feature::TraceHeader, (2, 16)),
    (Feature::CommentLimits, (3, 2)),
    (Feature::Attention, (3, 3)),
    (Feature::SubmitRequirements, (3, 6)),
    (Feature::NoBlockingLabels, (3, 7)),
    (Feature::Suggestions, (3, 9)),
    (Feature::Fixes, (3, 10)),
    (Feature::Tokens, (3, 13)),
];

impl Version {
    pub fn read(text: &str) -> Version {
        let number = |part: Option<&str>| {
            let digits: String = part?.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        };
        let mut parts = text.trim().split('.');
        let (major, minor) = (number(parts.next()), number(parts.next()));
        Version { text: text.trim().to_owned(), number: major.zip(minor) }
    }

    pub fn has(&self, feature: Feature) -> bool {
        let since = SINCE.iter().find(|(row, _)| *row == feature).map(|(_, since)| *since);
        self.number.zip(since).is_none_or(|(number, since)| number >= since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_tell_what_servers_can_do() {
        for (text, number) in [
            ("3.14.2", Some((3, 14))),
            ("2.16", Some((2, 16))),
            ("3.15-rc1-12-gabc", Some((3, 15))),
            ("3.2.14-SNAPSHOT", Some((3, 2))),
            ("<dev>", None),
            ("", None),
            ("99999999999.1", None),
        ] {
            assert_eq!(Version::read(text).number, number, "{text}");
        }
        assert!(Version::read("3.9.1").has(Feature::Suggestions) && !Version::read("3.8.9").has(Feature::Suggestions));
        assert!(Version::read("hosted").has(Feature::Tokens) && !Version::read("2.16.2").has(Feature::Attention));
    }
}

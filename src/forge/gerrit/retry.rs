//! What each failure means for a request that changes something, as a table, and how long to wait before the next attempt.
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Why a request was not answered as it should be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Problem {
    /// None if no answer came.
    pub status: Option<u16>,
    /// What the server says, or why there is no answer. Never holds a secret.
    pub text: String,
    /// The answer is a page for people, so it is not Gerrit's.
    pub is_html: bool,
    /// The request may have reached the server.
    pub is_sent: bool,
    /// We stopped to listen, so the server may still be at it.
    pub is_late: bool,
    /// How long a proxy asks us to wait.
    pub wait: Option<Duration>,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing helps: not now, or not ever.
    Stop,
    /// The server will never take it.
    GiveUp,
    /// Wait, and send it again: nothing has happened.
    Again,
    /// Something may have happened: look, then send it again as often as the pace allows.
    LookThenAgain,
    /// Something may have happened: look, then send it at most once more.
    LookThenOnce,
    /// What was sent is not taken: send less.
    Less,
}

const TABLE: &[(u16, Next)] = &[
    (400, Next::Less),
    (401, Next::Stop),
    (403, Next::Less),
    (404, Next::Stop),
    (405, Next::Stop),
    (408, Next::LookThenAgain),
    (409, Next::GiveUp),
    (412, Next::Stop),
    (413, Next::Less),
    (422, Next::Less),
    (429, Next::Again),
    (499, Next::LookThenAgain),
    (500, Next::LookThenOnce),
    (501, Next::Stop),
    (502, Next::LookThenOnce),
    (503, Next::Again),
    (504, Next::LookThenOnce),
];

impl Problem {
    pub fn next(&self) -> Next {
        match self.status {
            // A page for people is not Gerrit's judgement of what was sent, whatever its status: 503 of a proxy may hide a success.
            Some(400..=499) if self.is_html && self.status != Some(413) && self.status != Some(429) => Next::Stop,
            Some(503) if self.is_html => Next::LookThenOnce,
            Some(status) => TABLE.iter().find(|(row, _)| *row == status).map_or(Next::Stop, |(_, next)| *next),
            None if self.is_sent => Next::LookThenOnce,
            None => Next::Again,
        }
    }
}

/// How often and how fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Attempts, the first one included.
    pub attempts: u32,
    /// Before the second attempt; doubled for each that follows.
    pub first: Duration,
    pub longest: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Pace { attempts: 5, first: Duration::from_millis(500), longest: Duration::from_secs(30) }
    }
}

impl Pace {
    /// How long to wait before attempt `number`, which counts from 2: between half and all of what doubling gives, so that clients that
    /// failed together do not come back together. None if there have been enough attempts, or the wait asked for is too long.
    pub fn wait(&self, number: u32, asked: Option<Duration>) -> Option<Duration> {
        if number > self.attempts || asked.is_some_and(|asked| asked > self.longest) {
            return None;
        }
        let doubled = self.first.saturating_mul(1 << number.saturating_sub(2).min(16)).min(self.longest);
        let part = u32::try_from(RandomState::new().hash_one(number) % 512).unwrap_or_default() + 512;
        Some(asked.unwrap_or_default().max(doubled * part / 1024))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_has_its_answer() {
        let problem = |status, is_html, is_sent| Problem { status, is_html, is_sent, ..Problem::default() };
        for (status, next) in TABLE {
            assert_eq!(problem(Some(*status), false, true).next(), *next);
        }
        for status in [302, 404, 400] {
            assert_eq!(problem(Some(status), true, true).next(), Next::Stop, "{status}");
        }
        assert_eq!(problem(Some(502), true, true).next(), Next::LookThenOnce);
        assert_eq!(problem(Some(503), true, true).next(), Next::LookThenOnce);
        assert_eq!(problem(Some(413), true, true).next(), Next::Less);
        assert_eq!(problem(None, false, true).next(), Next::LookThenOnce);
        assert_eq!(problem(None, false, false).next(), Next::Again);
    }

    #[test]
    fn waits_grow_and_end() {
        let pace = Pace { attempts: 4, first: Duration::from_secs(1), longest: Duration::from_secs(3) };
        for (number, longest) in [(2, 1), (3, 2), (4, 3)] {
            let wait = pace.wait(number, None).expect("attempts are left");
            assert!(wait <= Duration::from_secs(longest) && wait >= Duration::from_secs(longest) / 2, "{number}: {wait:?}");
        }
        assert_eq!(pace.wait(5, None), None);
        assert_eq!(pace.wait(2, Some(Duration::from_secs(2))), Some(Duration::from_secs(2)));
        assert_eq!(pace.wait(2, Some(Duration::from_secs(60))), None);
    }
}

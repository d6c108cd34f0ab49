//! A secret from the configuration: can be used, and can be neither printed nor logged nor sent anywhere by mistake.
use zeroize::Zeroizing;

/// A secret text (a password, an address with a password in it). It has no `Debug`, `Display` or `Serialize`, so that
/// whatever holds one cannot be printed either, and it is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text itself, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;
    use crate::kernel::config::{Common, Config, Serving};

    /// Does not compile as soon as one of them can be printed or serialised: then two of the traits below fit, and which
    /// one is meant cannot be told.
    #[test]
    fn what_holds_a_secret_cannot_be_printed() {
        trait Unless<Which> {
            fn holds() {}
        }
        struct Debugged;
        struct Displayed;
        struct Serialised;
        impl<T: ?Sized> Unless<()> for T {}
        impl<T: ?Sized + std::fmt::Debug> Unless<Debugged> for T {}
        impl<T: ?Sized + std::fmt::Display> Unless<Displayed> for T {}
        impl<T: ?Sized + serde::Serialize> Unless<Serialised> for T {}
        <Secret as Unless<_>>::holds();
        <Common as Unless<_>>::holds();
        <Serving as Unless<_>>::holds();
        <Config as Unless<_>>::holds();
    }

    #[test]
    fn it_can_be_used() {
        assert_eq!(Secret::from("守り".to_owned()).expose(), "守り");
    }
}

//! The one file that knows every feature.

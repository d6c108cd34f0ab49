//! The QR of a sheet: the address under which its number is held against the record, as a drawing.
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// A drawing of squares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// so many squares wide, with the quiet zone around it
    pub width: usize,
    /// the dark ones, as the path of an SVG
    pub path: String,
}

/// The quiet zone that scanners ask for, in squares.
const QUIET: usize = 4;

/// The drawing of an address; none where it is too long for one.
#[must_use]
pub fn draw(address: &str) -> Option<Qr> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (place, _) in code.to_colors().iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
        let (x, y) = (place % width + QUIET, place / width + QUIET);
        let _ = write!(path, "M{x} {y}h1v1h-1z");
    }
    Some(Qr { width: width + 2 * QUIET, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_drawn_within_its_quiet_zone() {
        let qr =
            draw("https://portal.example.jp/requests/verification?number=R8-ACC-0412&check=7K4M-Q2RD-91XH").unwrap();
        assert!(qr.width >= 21 + 2 * QUIET && qr.path.starts_with("M4 4h1v1h-1z"), "{}", qr.width);
        assert_eq!(draw(&"x".repeat(5000)), None);
    }
}

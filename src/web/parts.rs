//! The parts that pages are made of, each a plain value that draws itself.

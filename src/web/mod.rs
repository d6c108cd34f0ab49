//! Manners all screens share: routing gates, forms, tables, paging, locale, shell, problem pages.

//! One test program: what a user, an administrator or an attacker would notice, against the real portal.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic_in_result_fn,
    reason = "a test that cannot go on has failed, and says where"
)]
mod accounts;
mod accounts_days;
mod accounts_stop;
mod administration;
mod adoption;
mod architecture;
mod audit;
mod browser;
mod canary;
mod browser_journey;
mod catalogue;
mod checkpoints;
mod commands;
mod crash;
mod crowds;
mod demo;
mod directory;
mod drafts;
mod forgery;
mod functions;
mod hostile;
mod jobs;
mod journey;
mod keeping_people;
mod language;
mod ledgers;
mod licences;
mod links;
mod mail;
mod matrix;
mod matrix_regimes;
mod measure;
mod movements;
mod partial;
mod password_reset;
mod posts;
mod private_pg;
mod privileged;
mod profiles;
mod reconcile;
mod regimes;
mod reading;
mod refused_acts;
mod regulations;
mod requests;
mod requests_read;
mod requests_told;
mod requests_walls;
mod roster_import;
mod serve;
mod sessions;
mod setup;
mod sharing;
mod sign_in;
mod standing_in;
mod start_up;
mod succession;
mod support;
mod systems;
mod typings;
mod unused_ids;
mod under_katsuura;
mod under_mutual;
mod under_osaka;
mod under_coop;
mod under_coop_reset;
mod under_coop_sign_in;
mod under_katsuura_sign_in;
mod under_osaka_sign_in;
mod vacancy;
mod walls;

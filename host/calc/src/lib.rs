//! Plan and tables in, outcome out; pure.

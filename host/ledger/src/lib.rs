//! The log: leaves, heads and roots after RFC 6962.

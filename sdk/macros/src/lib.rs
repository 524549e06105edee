//! The derives behind attain-sdk.

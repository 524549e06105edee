//! What people do: publish, import, run, explain, replay, approve.

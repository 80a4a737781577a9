//! The event loop of the course.

"""One business question each: metrics and models composed, judged, and put into findings."""

package io.periplus.waypoint.authn;

/** A token that holds for a rule. */
record Accepted(VerifiedToken token, CompiledRule rule, Place place) {}

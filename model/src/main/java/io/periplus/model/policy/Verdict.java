package io.periplus.model.policy;

/**
 * What the author of a policy is told.
 *
 * @param accepted whether it is enforced
 * @param reason   in CamelCase, for programs
 */
public record Verdict(boolean accepted, String reason, String message) {}

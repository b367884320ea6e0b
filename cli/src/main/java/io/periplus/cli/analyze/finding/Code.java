package io.periplus.cli.analyze.finding;

import java.util.Locale;

/**
 * What a finding is about. Numbers that start with {@code IST} are upstream's and mean what they mean there; those that start
 * with {@code PER} are of this mesh.
 */
public enum Code {
    REFERENCED_RESOURCE_NOT_FOUND("IST0101", Level.ERROR),
    SCHEMA_VALIDATION_ERROR("IST0106", Level.ERROR),
    MISPLACED_ANNOTATION("IST0107", Level.WARNING),
    UNKNOWN_ANNOTATION("IST0108", Level.WARNING),
    DEPLOYMENT_ASSOCIATED_TO_MULTIPLE_SERVICES("IST0116", Level.WARNING),
    PORT_NAME_IS_NOT_UNDER_NAMING_CONVENTION("IST0118", Level.INFO),
    INVALID_ANNOTATION("IST0125", Level.WARNING),
    NO_MATCHING_WORKLOADS_FOUND("IST0127", Level.WARNING),
    SCHEMA_WARNING("IST0133", Level.WARNING),
    SERVICE_ENTRY_ADDRESSES_REQUIRED("IST0134", Level.WARNING),
    DEPLOYMENT_CONFLICTING_PORTS("IST0137", Level.WARNING),
    CONFLICTING_GATEWAYS("IST0145", Level.ERROR),
    CLAIM_WITHOUT_REQUEST_AUTHENTICATION("IST0149", Level.ERROR),
    EXTERNAL_NAME_SERVICE_TYPE_INVALID_PORT_NAME("IST0150", Level.WARNING),
    UNSUPPORTED_GATEWAY_API_VERSION("IST0156", Level.ERROR),
    INVALID_TELEMETRY_PROVIDER("IST0157", Level.WARNING),
    CONFLICTING_TELEMETRY_WORKLOAD_SELECTORS("IST0159", Level.ERROR),
    MULTIPLE_TELEMETRIES_WITHOUT_WORKLOAD_SELECTORS("IST0160", Level.ERROR),
    INVALID_GATEWAY_CREDENTIAL("IST0161", Level.ERROR),
    GATEWAY_PORT_NOT_DEFINED_ON_SERVICE("IST0162", Level.WARNING),
    INEFFECTIVE_SELECTOR("IST0166", Level.WARNING),
    INEFFECTIVE_POLICY("IST0167", Level.WARNING),
    MULTI_CLUSTER_INCONSISTENT_SERVICE("IST0170", Level.WARNING),
    NEGATIVE_CONDITION_STATUS("IST0171", Level.WARNING),
    FUTURE_UNSUPPORTED_GATEWAY_API_VERSION("IST0172", Level.WARNING),
    DESTINATION_RULE_SUBSET_NOT_SELECT_PODS("IST0173", Level.ERROR),
    UNKNOWN_DESTINATION_RULE_HOST("IST0174", Level.WARNING),
    JWKS_FETCH_UNRESTRICTED("IST0175", Level.WARNING),
    GATEWAY_API_KIND_TOO_OLD("IST0176", Level.WARNING),
    CONFLICTING_SERVICE_ENTRY_PROTOCOLS("IST0177", Level.WARNING),

    /** A policy asks about HTTP where only ztunnel judges it. */
    HTTP_POLICY_WITHOUT_WAYPOINT("PER0001", Level.WARNING),
    /** A route that no proxy serves. */
    ROUTE_WITHOUT_EFFECT("PER0002", Level.WARNING),
    /** An object that a Gateway needs has its name, but is not its own. */
    NAME_HELD_BY_FOREIGN_OBJECT("PER0003", Level.ERROR),
    /** A Gateway that no control plane here is responsible for. */
    GATEWAY_OF_UNKNOWN_REVISION("PER0004", Level.WARNING),
    /** A pod that should be in the mesh and is not, or is there by half. */
    POD_NOT_CAPTURED("PER0005", Level.WARNING),
    /** A label asks for what this mesh does not do. */
    LABEL_WITHOUT_EFFECT("PER0006", Level.WARNING);

    /** The pages about single codes, and about them all. */
    public static final String DOCUMENTATION = "https://istio.io/latest/docs/reference/config/analysis/";

    private final String number;
    private final Level level;

    Code(String number, Level level) {
        this.number = number;
        this.level = level;
    }

    /** For example {@code IST0101}. */
    public String number() {
        return number;
    }

    /** How bad it is. */
    public Level level() {
        return level;
    }

    /** Where upstream explains the code; empty for one of this mesh's own. */
    public String documentationUrl() {
        return number.startsWith("IST") ? DOCUMENTATION + number.toLowerCase(Locale.ROOT) + "/" : "";
    }
}

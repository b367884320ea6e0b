package io.periplus.model.input;

/**
 * Why a part of a route cannot be applied.
 *
 * @param message says where in the route, and what to do
 */
public record RouteProblem(Reason reason, String message) {
    /** Reasons of the Gateway API. */
    public enum Reason {
        UNSUPPORTED_VALUE("UnsupportedValue", false),
        INCOMPATIBLE_FILTERS("IncompatibleFilters", false),
        INVALID_KIND("InvalidKind", true),
        REF_NOT_PERMITTED("RefNotPermitted", true),
        BACKEND_NOT_FOUND("BackendNotFound", true),
        UNSUPPORTED_PROTOCOL("UnsupportedProtocol", true);

        private final String text;
        private final boolean reference;

        Reason(String text, boolean reference) {
            this.text = text;
            this.reference = reference;
        }

        /** As conditions say it. */
        public String text() {
            return text;
        }

        /** Whether it is the reference that is at fault (condition {@code ResolvedRefs}), not what is written. */
        public boolean isReference() {
            return reference;
        }
    }
}

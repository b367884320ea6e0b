package io.periplus.api.why;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one proxy would do, decided with the snapshot it has now. What does not apply is null or empty.
 *
 * @param captured whether ztunnel serves the pod that it was asked about; true for other proxies
 * @param reason one sentence: what decided
 * @param decidedBy what to look at: a policy, a route, a service; null when nothing speaks against the traffic
 * @param judgements of policies, in the order in which they are asked
 * @param next where it goes on, null if it ends here
 * @param notes what else is worth knowing
 * @param advice what to change for the opposite answer
 */
public record Answer(
        ProxyName proxy,
        boolean captured,
        Verdict verdict,
        String reason,
        @Nullable String decidedBy,
        @Nullable Target target,
        @Nullable RouteTaken route,
        List<Judgement> judgements,
        @Nullable Endpoints endpoints,
        @Nullable Hop next,
        List<String> notes,
        List<String> advice) {

    /** Puts an answer together, step by step. Not for several threads. */
    public static final class Builder {
        private final ProxyName proxy;
        private boolean captured = true;
        private Verdict verdict = Verdict.ALLOWED;
        private String reason = "";
        private @Nullable String decidedBy;
        private @Nullable Target target;
        private @Nullable RouteTaken route;
        private final List<Judgement> judgements = new ArrayList<>();
        private @Nullable Endpoints endpoints;
        private @Nullable Hop next;
        private final List<String> notes = new ArrayList<>();
        private final List<String> advice = new ArrayList<>();
        private final List<Change> changes = new ArrayList<>();

        /** What would turn a judgement round. */
        private record Change(Verdict verdict, String text) {}

        public Builder(ProxyName proxy) {
            this.proxy = proxy;
        }

        /** The pod in question is not served by this ztunnel. */
        public Builder uncaptured() {
            captured = false;
            return this;
        }

        /** What was addressed. */
        public Builder target(Target addressed) {
            target = addressed;
            return this;
        }

        /** Where routing led. */
        public Builder route(RouteTaken taken) {
            route = taken;
            return this;
        }

        /**
         * Policies were judged; the last one that does not allow decides.
         *
         * @param turning what would turn the judgement round; it is advice where the answer as a whole is the judgement's
         */
        public Builder judged(Judgement judgement, List<String> turning) {
            judgements.add(judgement);
            turning.forEach(change -> changes.add(new Change(judgement.verdict(), change)));
            if (judgement.verdict() != Verdict.ALLOWED) {
                verdict = judgement.verdict();
                reason = judgement.why();
                decidedBy = judgement.policy() == null ? null : "AuthorizationPolicy " + judgement.policy();
            }
            return this;
        }

        /** What was chosen among. */
        public Builder endpoints(Endpoints among) {
            endpoints = among;
            return this;
        }

        /** Something worth knowing. */
        public Builder note(String text) {
            notes.add(text);
            return this;
        }

        /** What to change for the opposite answer. */
        public Builder advise(String text) {
            advice.add(text);
            return this;
        }

        /** The outcome hangs on something that is not asked here. */
        public Builder undecided(String why, @Nullable String by) {
            verdict = Verdict.UNDECIDED;
            reason = why;
            decidedBy = by;
            return this;
        }

        /** The route that was taken, null if none governs. */
        public @Nullable String takenRoute() {
            return route == null ? null : route.route();
        }

        /** It is refused, by something that is no judgement of an AuthorizationPolicy. */
        public Answer denied(String why, @Nullable String by) {
            verdict = Verdict.DENIED;
            reason = why;
            decidedBy = by;
            return build();
        }

        /** It ends here, for another reason than a policy. */
        public Answer failed(String why, @Nullable String by) {
            verdict = Verdict.FAILED;
            reason = why;
            decidedBy = by;
            return build();
        }

        /** It goes on there. */
        public Answer goesOn(String why, Hop hop) {
            next = hop;
            return arrives(why);
        }

        /** It reaches its end here. */
        public Answer arrives(String why) {
            if (verdict == Verdict.ALLOWED) {
                reason = why;
            }
            return build();
        }

        /** As it stands. */
        public Answer build() {
            List<String> all = new ArrayList<>();
            changes.stream().filter(change -> change.verdict() == verdict).forEach(change -> all.add(change.text()));
            all.addAll(advice);
            return new Answer(
                    proxy,
                    captured,
                    verdict,
                    reason,
                    decidedBy,
                    target,
                    route,
                    List.copyOf(judgements),
                    endpoints,
                    next,
                    List.copyOf(notes),
                    List.copyOf(all));
        }
    }
}

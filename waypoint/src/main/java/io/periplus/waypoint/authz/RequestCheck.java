package io.periplus.waypoint.authz;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.periplus.dataplane.policy.CustomMatch;
import io.periplus.waypoint.authz.AuthorizerMetrics.Outcome;
import io.periplus.waypoint.exchange.BufferedBody;
import io.periplus.waypoint.exchange.Gate;
import io.periplus.waypoint.exchange.LocalReply;
import io.periplus.waypoint.exchange.RequestContext;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way past the authorizers.
 *
 * <pre>
 * ask -> (body) -> CHECKING -> allowed -> the next provider's turn -> passed
 *          |           '-> denied, failed -> refused
 *          '-> too large -> refused
 * </pre>
 */
final class RequestCheck {
    private static final LocalReply TOO_LARGE =
            new LocalReply(413, "Payload Too Large", "", "request_payload_too_large");

    private final RequestContext request;
    private final Gate.Passage passage;
    private final ProviderStore providers;
    private final AuthorizerMetrics metrics;
    private final Set<String> asked = new HashSet<>();
    private @Nullable Check check;
    private boolean over;

    RequestCheck(RequestContext request, Gate.Passage passage, ProviderStore providers, AuthorizerMetrics metrics) {
        this.request = request;
        this.passage = passage;
        this.providers = providers;
        this.metrics = metrics;
        request.onEnd(this::abandon);
    }

    /** Has the provider of a policy asked, then those of the others that apply: all have to allow. */
    void ask(@Nullable CustomMatch first) {
        CustomMatch match = first;
        while (match != null && match.dryRun()) {
            rehearse(match);
            match = next(match);
        }
        if (match == null) {
            passage.pass();
            return;
        }
        Provider provider = provider(match);
        if (provider == null) {
            passage.refuse(LocalReply.of(match.unanswered()));
            return;
        }
        CustomMatch asking = match;
        BodyRule rule = provider.body();
        if (rule == null) {
            check(asking, provider, null);
        } else if (!rule.allowPartial() && declaredBytes() > rule.maxBytes()) {
            tooLarge(provider);
        } else {
            request.readBody(rule.enough(), body -> read(asking, provider, rule, body));
        }
    }

    private @Nullable Provider provider(CustomMatch match) {
        Provider provider = providers.get(match.provider());
        if (provider == null) {
            metrics.ended(match.provider(), "http", Outcome.UNCONFIGURED, match.dryRun());
        }
        return provider;
    }

    private @Nullable CustomMatch next(CustomMatch done) {
        asked.add(done.provider());
        return Matches.next(request, asked);
    }

    /** Asks beside the request, which neither waits nor changes; the authorizer sees no body. */
    private void rehearse(CustomMatch match) {
        Provider provider = provider(match);
        if (provider != null) {
            Check.begin(request.services(), provider.rehearsed(), subject(match, null), metrics, _ -> {});
        }
    }

    private void read(CustomMatch match, Provider provider, BodyRule rule, BufferedBody body) {
        if (over) {
            return;
        }
        if (!rule.allowPartial() && body.bytes().length > rule.maxBytes()) {
            tooLarge(provider);
        } else {
            check(match, provider, body);
        }
    }

    private void tooLarge(Provider provider) {
        metrics.ended(provider.name(), "http", Outcome.TOO_LARGE, false);
        passage.refuse(TOO_LARGE);
    }

    private long declaredBytes() {
        try {
            String length = request.head().headers().get(HttpHeaderNames.CONTENT_LENGTH);
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException _) {
            return Long.MAX_VALUE;
        }
    }

    private void check(CustomMatch match, Provider provider, @Nullable BufferedBody body) {
        check = Check.begin(
                request.services(),
                provider,
                subject(match, body),
                metrics,
                verdict -> judged(match, provider, verdict));
    }

    /** Whatever the verdict: a request may also pass without one. */
    private void clean(Provider provider) {
        if (!provider.clearRouteCache()) {
            request.keepRoute();
        }
        provider.authorizer().clean(request.head().headers());
    }

    private Subject subject(CustomMatch match, @Nullable BufferedBody body) {
        return new Subject(request.connection(), request.head(), request.protocol(), body, match);
    }

    private void judged(CustomMatch match, Provider provider, Verdict verdict) {
        clean(provider);
        switch (verdict) {
            case Verdict.Allowed allowed -> {
                edit(provider, allowed);
                ask(next(match));
            }
            case Verdict.Denied denied ->
                passage.refuse(
                        LocalReply.ofOther(
                                denied.status(), text(denied.body()), denied.body(), "UAEX", "ext_authz_denied"),
                        headers -> FieldEdit.apply(denied.fields(), headers));
            case Verdict.Failed _ -> {
                if (provider.failOpen()) {
                    ask(next(match));
                } else {
                    passage.refuse(new LocalReply(provider.statusOnError(), "", "UAEX", "ext_authz_error"));
                }
            }
        }
    }

    /** For clients of gRPC, who get it as the message of their status. */
    private static String text(byte[] body) {
        return Texts.ofBytes(body);
    }

    private void edit(Provider provider, Verdict.Allowed allowed) {
        if (!allowed.request().isEmpty()) {
            if (provider.clearRouteCache()) {
                request.routeAgain();
            } else {
                request.keepRoute();
            }
            allowed.request().apply(request.head());
        }
        if (!allowed.answer().isEmpty()) {
            request.onAnswer(headers -> FieldEdit.apply(allowed.answer(), headers));
        }
    }

    private void abandon() {
        over = true;
        Check open = check;
        if (open != null) {
            open.cancel();
        }
    }
}

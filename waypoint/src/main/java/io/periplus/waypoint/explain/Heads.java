package io.periplus.waypoint.explain;

import io.periplus.api.why.HttpQuestion;
import io.periplus.dataplane.http.HttpFields;
import io.periplus.dataplane.http.PathNormalization;
import io.periplus.dataplane.http.RequestChecks;
import io.periplus.dataplane.http.RequestHead;
import java.util.Locale;
import java.util.Objects;

/** The head of a request that is asked about, as the servers of this proxy would hand it on. */
public final class Heads {
    private Heads() {}

    /**
     * @param addressed stands for the authority where the question names none
     * @throws io.periplus.dataplane.http.RequestException if such a request is answered without a decision
     */
    public static RequestHead of(HttpQuestion question, boolean secure, String addressed, PathNormalization paths) {
        HttpFields fields = new HttpFields(question.headers().size() + 4);
        question.headers().forEach(field -> fields.add(field.name().toLowerCase(Locale.ROOT), field.value()));
        RequestHead head = new RequestHead(
                question.method(),
                secure ? "https" : "http",
                Objects.requireNonNullElse(question.authority(), addressed),
                question.path(),
                fields);
        RequestChecks.common(head, paths);
        return head;
    }
}

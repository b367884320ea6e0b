package io.periplus.waypoint.explain;

import io.periplus.api.why.Answer;
import io.periplus.api.why.Question;
import io.periplus.api.why.WhyJson;
import io.periplus.dataplane.admin.AdminPage;
import io.periplus.dataplane.admin.AdminRequest;
import io.periplus.dataplane.admin.AdminResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** {@code POST /why}: what this proxy would do, decided by what enforces, with the snapshot of this moment. */
public final class WhyPage implements AdminPage {
    /** Longer than fetching the keys of a token's issuer may take. */
    private static final int PATIENCE_SECONDS = 8;

    private final Function<Question, CompletableFuture<Answer>> front;

    /** @param front throws {@link IllegalArgumentException} for questions that it does not understand */
    public WhyPage(Function<Question, CompletableFuture<Answer>> front) {
        this.front = front;
    }

    @Override
    public AdminResponse answer(AdminRequest request) throws IOException {
        if (!request.isPost()) {
            return AdminResponse.methodNotAllowed("POST");
        }
        try {
            Question question = WhyJson.read(request.body(), Question.class);
            Answer answer = front.apply(question).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return AdminResponse.json(WhyJson.write(answer));
        } catch (IOException | IllegalArgumentException e) {
            return AdminResponse.text(400, "not a question: " + e.getMessage() + "\n");
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e.getCause());
        } catch (TimeoutException _) {
            return AdminResponse.text(504, "no answer within " + PATIENCE_SECONDS + " s\n");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return AdminResponse.text(503, "the proxy ends\n");
        }
    }
}

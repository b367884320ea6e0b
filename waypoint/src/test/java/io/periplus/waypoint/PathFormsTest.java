package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.dataplane.http.PathNormalization;
import io.periplus.waypoint.exchange.HttpSettings;
import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.waypoint.WholeGateway;
import io.periplus.wire.workload.AppProtocol;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What policies deny by path, and what path the application gets, in every form of the mesh's {@code pathNormalization}. */
class PathFormsTest {
    private static final AuthorizationPolicy NO_ADMIN = AuthorizationPolicy.newBuilder()
            .setNamespace("accounts")
            .setName("no-admin")
            .setAction(Action.DENY)
            .addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()))
            .addRules(Rule.newBuilder()
                    .addTo(Operation.newBuilder().addPaths("/headers/admin").addPaths("/headers/admin/*")))
            .build();

    private interface Check {
        void by(RawClient client) throws Exception;
    }

    private static void with(PathNormalization form, Check check) throws Exception {
        try (Rig rig = new Rig(HttpSettings.DEFAULT.withPaths(form));
                Application application = new Application("127.0.1.1", 0, "accounts")) {
            rig.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
            rig.policies(NO_ADMIN);
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                check.by(client);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "BASE, /headers//admin, /headers//admin",
        "BASE, /headers%2Fadmin, /headers%2Fadmin",
        "MERGE_SLASHES, /headers//admin, ",
        "MERGE_SLASHES, //headers/x/..//%61dmin/, ",
        "MERGE_SLASHES, /headers/a%2F%2Fb, /headers/a%2F%2Fb",
        "MERGE_SLASHES, /headers//a?x=//b, /headers/a?x=//b",
        "DECODE_AND_MERGE_SLASHES, /headers//admin, ",
        "DECODE_AND_MERGE_SLASHES, /headers%2Fadmin, ",
        "DECODE_AND_MERGE_SLASHES, /headers/x%5c..%2F%2fadmin%2F, ",
        "DECODE_AND_MERGE_SLASHES, /headers/a%2F%2Fb?x=%2F, /headers/a/b?x=%2F",
        "NONE, /headers/x/../admin, /headers/x/../admin",
    })
    void policiesJudgeThePathThatTheApplicationGets(PathNormalization form, String sent, String got) throws Exception {
        with(form, client -> {
            RawClient.Answer answer = client.get(sent);
            if (got == null) {
                assertThat(answer.status()).isEqualTo(403);
            } else if (got.startsWith("/headers/")) {
                assertThat(answer.body()).startsWith(got + "\n");
            } else {
                assertThat(answer.status()).isEqualTo(200);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = PathNormalization.class,
            names = {"BASE", "MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES"})
    void whatDecodingWouldMakeAnEscapeOfIsAnswered400(PathNormalization form) throws Exception {
        for (String path : new String[] {"/x/%2%65%2%65/headers/admin", "/x/%%32%65%%32%65/headers/admin", "/a%0%30"}) {
            with(form, client -> assertThat(client.get(path).status()).isEqualTo(400));
        }
    }
}

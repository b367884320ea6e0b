package io.periplus.lab.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RbacTest {
    private static final String ACCOUNT = "--as=system:serviceaccount:default:default";

    @TempDir
    Path directory;

    @Test
    void callersDoWhatTheirRolesAllowAndNoMore() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, true)) {
            cluster.kubectl("create", "namespace", "other").quiet();
            assertThat(cluster.kubectl("get", "pods", ACCOUNT).err())
                    .isEqualTo("Error from server (Forbidden): pods is forbidden: User"
                            + " \"system:serviceaccount:default:default\" cannot list resource \"pods\" in API group"
                            + " \"\" in the namespace \"default\"\n");
            cluster.kubectl("create", "role", "reader", "--verb=get,list", "--resource=pods")
                    .quiet();
            cluster.kubectl("create", "rolebinding", "reader", "--role=reader", "--serviceaccount=default:default")
                    .quiet();
            assertThat(cluster.kubectl("auth", "can-i", "list", "pods", ACCOUNT).quiet())
                    .isEqualTo("yes\n");
            assertThat(cluster.kubectl("auth", "can-i", "list", "pods", "-n", "other", ACCOUNT)
                            .out())
                    .startsWith("no");
            assertThat(cluster.kubectl("auth", "can-i", "delete", "pods", ACCOUNT)
                            .out())
                    .startsWith("no");
            cluster.kubectl(
                            "create",
                            "clusterrolebinding",
                            "all",
                            "--clusterrole=cluster-admin",
                            "--group=system:serviceaccounts")
                    .quiet();
            assertThat(cluster.kubectl("auth", "can-i", "delete", "pods", ACCOUNT, "--as-group=system:serviceaccounts")
                            .quiet())
                    .isEqualTo("yes\n");
        }
    }
}

package io.periplus.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README says every setting and every permission. */
class ReadmeTest {
    private static final Pattern RESOURCES = Pattern.compile("resources: *\\[(.*)]");
    private static final Pattern RESOURCE = Pattern.compile("^      - ([a-z/]+)$", Pattern.MULTILINE);
    private static final Pattern GROUPS = Pattern.compile("apiGroups: *\\[(.*)]");

    /** An environment that takes note of what is asked of it. */
    private static final class Asked extends HashMap<String, String> {
        private static final long serialVersionUID = 1;
        private final transient List<String> names = new ArrayList<>();

        @Override
        public String getOrDefault(Object name, String otherwise) {
            names.add(String.valueOf(name));
            return otherwise;
        }

        @Override
        public String get(Object name) {
            throw new AssertionError("settings are asked for with what they are when unset: " + name);
        }
    }

    @Test
    void everyVariableIsThere() throws IOException {
        Asked environment = new Asked();
        ControlPlaneConfig.from(environment);
        environment.names.remove("HOSTNAME"); // what the host is called, not a setting
        assertThat(environment.names).hasSizeGreaterThan(20);
        assertThat(readme())
                .contains(environment.names.stream().map(name -> '`' + name).toList());
    }

    @Test
    void everyPermissionIsThere() throws IOException {
        String chart = Files.readString(Path.of("..", "charts", "periplus", "templates", "istiod.yaml"));
        String roles = chart.substring(0, chart.indexOf("kind: ConfigMap"));
        List<String> granted = new ArrayList<>();
        for (Pattern list : List.of(RESOURCES, GROUPS)) {
            Matcher found = list.matcher(roles);
            while (found.find()) {
                granted.addAll(List.of(found.group(1).replace("\"", "").split(", *")));
            }
        }
        Matcher found = RESOURCE.matcher(roles);
        while (found.find()) {
            granted.add(found.group(1));
        }
        granted.removeAll(List.of("", "*", "rbac.authorization.k8s.io"));
        assertThat(granted).hasSizeGreaterThan(40);
        String readme = readme();
        String table = readme.substring(readme.indexOf("## Permissions"), readme.indexOf("## How it is put together"));
        assertThat(table).contains(granted);
    }

    private static String readme() throws IOException {
        return Files.readString(Path.of("README.md"));
    }
}

package io.periplus.lab.apiserver.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorsTest {
    private static ObjectNode object() {
        ObjectNode object = Json.object();
        ObjectNode meta = object.putObject("metadata").put("name", "x");
        meta.putObject("labels")
                .put("app", "web")
                .put("tier", "front")
                .put("size", "5")
                .put("empty", "");
        object.putObject("status").put("phase", "Running");
        return object;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "app=web | true",
                "app==web,tier=front | true",
                "app!=web | false",
                "missing!=web | true",
                "app in (web,api) | true",
                "app notin (web,api) | false",
                "missing notin (web) | true",
                "app | true",
                "!app | false",
                "!missing | true",
                "size>4 | true",
                "size<5 | false",
                "empty= | true",
                "app in (web), tier in (back, front) | true",
            })
    void labelSelectorsMatchAsTheApiSays(String selector, boolean matches) {
        assertThat(Selectors.parse(selector, "").test(object())).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "metadata.name=x | true",
                "metadata.name!=x | false",
                "status.phase=Running,metadata.name=x | true",
                "spec.nodeName= | true",
                "spec.unschedulable=false | true",
            })
    void fieldSelectorsMatchAsTheApiSays(String selector, boolean matches) {
        assertThat(Selectors.parse("", selector).test(object())).isEqualTo(matches);
    }

    @Test
    void aSelectorThatCannotBeReadIsNamed() {
        assertThatThrownBy(() -> Selectors.parse("a b=c", "")).hasMessageContaining("unable to parse requirement");
    }
}

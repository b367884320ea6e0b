package io.periplus.lab.apiserver.table;

import static io.periplus.lab.apiserver.table.Rows.age;
import static io.periplus.lab.apiserver.table.Rows.containers;
import static io.periplus.lab.apiserver.table.Rows.images;
import static io.periplus.lab.apiserver.table.Rows.name;
import static io.periplus.lab.apiserver.table.Rows.names;
import static io.periplus.lab.apiserver.table.Rows.number;
import static io.periplus.lab.apiserver.table.Rows.orNone;
import static io.periplus.lab.apiserver.table.Rows.selector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Rows of workload types. */
final class WorkloadRows {
    private WorkloadRows() {}

    static void add(Map<String, Printer> printers) {
        printers.put(
                "deployments.apps",
                Printers.printer(
                        "Name|Ready|Up-to-date|Available|Age|Containers+|Images+|Selector+", WorkloadRows::deployment));
        printers.put(
                "replicasets.apps",
                Printers.printer(
                        "Name|Desired|Current|Ready|Age|Containers+|Images+|Selector+", WorkloadRows::replicaSet));
        printers.put(
                "replicationcontrollers",
                Printers.printer(
                        "Name|Desired|Current|Ready|Age|Containers+|Images+|Selector+", WorkloadRows::replicaSet));
        printers.put(
                "daemonsets.apps",
                Printers.printer(
                        "Name|Desired|Current|Ready|Up-to-date|Available|Node Selector|Age|Containers+|Images+"
                                + "|Selector+",
                        WorkloadRows::daemonSet));
        printers.put(
                "statefulsets.apps",
                Printers.printer(
                        "Name|Ready|Age|Containers+|Images+",
                        set -> List.of(
                                name(set),
                                number(set, "status", "readyReplicas") + "/" + number(set, "spec", "replicas"),
                                age(set),
                                names(containers(set)),
                                images(containers(set)))));
        printers.put(
                "jobs.batch",
                Printers.printer(
                        "Name|Status|Completions|Duration|Age|Containers+|Images+|Selector+", WorkloadRows::job));
        printers.put(
                "cronjobs.batch",
                Printers.printer(
                        "Name|Schedule|Timezone|Suspend|Active|Last Schedule|Age",
                        job -> List.of(
                                name(job),
                                Json.text(job, "spec", "schedule"),
                                orNone(Json.text(job, "spec", "timeZone")),
                                job.path("spec").path("suspend").asBoolean() ? "True" : "False",
                                job.path("status").path("active").size(),
                                Json.text(job, "status", "lastScheduleTime").isEmpty()
                                        ? Rows.NONE
                                        : Ages.since(Json.text(job, "status", "lastScheduleTime")),
                                age(job))));
        printers.put(
                "poddisruptionbudgets.policy",
                Printers.printer(
                        "Name|Min Available|Max Unavailable|Allowed Disruptions|Age",
                        budget -> List.of(
                                name(budget),
                                orNa(budget, "minAvailable"),
                                orNa(budget, "maxUnavailable"),
                                number(budget, "status", "disruptionsAllowed"),
                                age(budget))));
        printers.put(
                "horizontalpodautoscalers.autoscaling",
                Printers.printer("Name|Reference|Targets|MinPods|MaxPods|Replicas|Age", WorkloadRows::autoscaler));
        printers.put(
                "controllerrevisions.apps",
                Printers.printer(
                        "Name|Controller|Revision|Age",
                        revision -> List.of(
                                name(revision),
                                owner(revision),
                                revision.path("revision").asLong(),
                                age(revision))));
    }

    private static String orNa(ObjectNode budget, String field) {
        String text = Json.text(budget, "spec", field);
        return text.isEmpty() ? "N/A" : text;
    }

    private static String owner(ObjectNode object) {
        for (JsonNode owner : object.path("metadata").path("ownerReferences")) {
            if (owner.path("controller").asBoolean()) {
                return Json.text(owner, "kind").toLowerCase(Locale.ROOT) + "/" + Json.text(owner, "name");
            }
        }
        return Rows.NONE;
    }

    private static List<Object> deployment(ObjectNode deployment) {
        return List.of(
                name(deployment),
                number(deployment, "status", "readyReplicas") + "/" + number(deployment, "spec", "replicas"),
                number(deployment, "status", "updatedReplicas"),
                number(deployment, "status", "availableReplicas"),
                age(deployment),
                names(containers(deployment)),
                images(containers(deployment)),
                selector(deployment));
    }

    private static List<Object> replicaSet(ObjectNode set) {
        return List.of(
                name(set),
                number(set, "spec", "replicas"),
                number(set, "status", "replicas"),
                number(set, "status", "readyReplicas"),
                age(set),
                names(containers(set)),
                images(containers(set)),
                selector(set));
    }

    private static List<Object> daemonSet(ObjectNode set) {
        return List.of(
                name(set),
                number(set, "status", "desiredNumberScheduled"),
                number(set, "status", "currentNumberScheduled"),
                number(set, "status", "numberReady"),
                number(set, "status", "updatedNumberScheduled"),
                number(set, "status", "numberAvailable"),
                orNone(Rows.labels(Json.at(set, "spec", "template", "spec", "nodeSelector"))),
                age(set),
                names(containers(set)),
                images(containers(set)),
                selector(set));
    }

    private static List<Object> job(ObjectNode job) {
        JsonNode status = job.path("status");
        String start = Json.text(status, "startTime");
        String end = Json.text(status, "completionTime");
        String state = "Running";
        for (String condition : List.of("Complete", "Failed", "Suspended")) {
            if (Rows.condition(job, condition).equals("True")) {
                state = condition;
            }
        }
        int completions = job.path("spec").path("completions").asInt(1);
        return List.of(
                name(job),
                state,
                status.path("succeeded").asInt() + "/" + completions,
                start.isEmpty() ? "" : end.isEmpty() ? Ages.since(start) : Ages.between(start, end),
                age(job),
                names(containers(job)),
                images(containers(job)),
                selector(job));
    }

    private static List<Object> autoscaler(ObjectNode autoscaler) {
        JsonNode target = autoscaler.path("spec").path("scaleTargetRef");
        return List.of(
                name(autoscaler),
                Json.text(target, "kind") + "/" + Json.text(target, "name"),
                "<unknown>",
                number(autoscaler, "spec", "minReplicas"),
                number(autoscaler, "spec", "maxReplicas"),
                number(autoscaler, "status", "currentReplicas"),
                age(autoscaler));
    }
}

// A chained CNI plugin that lets a pod start only when the node agent has taken it into the mesh, or says that it does not
// belong there. Started by the container runtime, for every pod, after the pod's network is set up and before its first
// process: https://www.cni.dev/docs/spec/. It knows nothing itself, keeps nothing, and passes on the result of those before it.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"
#include "conf.h"
#include "text.h"

// A configuration has a few kilobytes; what is this long is not one.
#define INPUT_MAX (4 << 20)

// For the agent to be there, and again for its answer. Its own limit is a little shorter, so that it says itself what is slow.
#define AGENT_MILLIS 5000

// Error codes of the specification.
enum { INCOMPATIBLE_VERSION = 1, INVALID_ENVIRONMENT = 4, IO_FAILURE = 5, UNDECODABLE = 6, INVALID_CONFIG = 7, TRY_AGAIN = 11 };

// What is known of the configuration's version when an error is to be told.
static char version[16] = "1.1.0";

static const char SUPPORTED[] = "[\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]";

static int print(const struct text *text) {
    return fwrite(text->bytes, 1, text->length, stdout) == text->length && fflush(stdout) == 0 ? 0 : 1;
}

static int fail(int code, const char *message, const char *details) {
    struct text json = {0};
    text_add(&json, "{\"cniVersion\":");
    text_quoted(&json, version);
    text_add(&json, ",\"code\":");
    text_number(&json, code);
    text_add(&json, ",\"msg\":");
    text_quoted(&json, message);
    text_add(&json, ",\"details\":");
    text_quoted(&json, details);
    text_add(&json, "}\n");
    print(&json);
    return 1;
}

static const char *environment(const char *name) {
    const char *value = getenv(name);
    return value == NULL ? "" : value;
}

// The value of a key in CNI_ARGS ("K8S_POD_NAME=a;K8S_POD_NAMESPACE=b"); false if it does not fit.
static bool argument(const char *key, char *value, size_t capacity) {
    size_t key_length = strlen(key);
    *value = '\0';
    for (const char *at = environment("CNI_ARGS"); *at != '\0';) {
        size_t length = strcspn(at, ";");
        if (length > key_length && strncmp(at, key, key_length) == 0 && at[key_length] == '=') {
            size_t rest = length - key_length - 1;
            if (rest >= capacity) {
                return false;
            }
            memcpy(value, at + key_length + 1, rest);
            value[rest] = '\0';
        }
        at += length + (at[length] == ';');
    }
    return true;
}

static bool read_input(struct text *text) {
    char buffer[16384];
    for (;;) {
        ssize_t count = read(STDIN_FILENO, buffer, sizeof buffer);
        if (count == 0) {
            return true;
        }
        if (count > 0) {
            text_bytes(text, buffer, (size_t)count);
        } else if (errno != EINTR) {
            return false;
        }
        if (text->length > INPUT_MAX) {
            errno = EFBIG;
            return false;
        }
    }
}

// Reads the configuration; 0, or the exit status of a told error.
static int read_conf(struct conf *conf, struct text *input, const char *namespace) {
    if (!read_input(input)) {
        return fail(IO_FAILURE, "the network configuration could not be read", strerror(errno));
    }
    const char *wrong = conf_read(conf, input->bytes == NULL ? "" : input->bytes, input->length, namespace);
    if (wrong != NULL) {
        return fail(UNDECODABLE, "istio-cni: unreadable network configuration", wrong);
    }
    if (!conf_version_is_supported(conf->version)) {
        struct text details = {0};
        text_add(&details, "cniVersion: \"");
        text_add(&details, conf->version);
        text_add(&details, "\" (expected: one of ");
        text_add(&details, SUPPORTED);
        text_add(&details, ")");
        return fail(INCOMPATIBLE_VERSION, "incompatible CNI version", details.bytes);
    }
    strcpy(version, conf->version);
    return 0;
}

static int pass_on(const struct conf *conf) {
    struct text json = {0};
    if (conf->previous != NULL) {
        text_bytes(&json, conf->previous, conf->previous_length);
    } else {
        text_add(&json, "{\"cniVersion\":");
        text_quoted(&json, conf->version);
        text_add(&json, "}");
    }
    text_add(&json, "\n");
    return print(&json);
}

static int add(void) {
    char name[254], namespace[64], uid[129];
    struct conf conf;
    struct text input = {0}, body = {0}, problem = {0};
    if (!argument("K8S_POD_NAME", name, sizeof name) || !argument("K8S_POD_NAMESPACE", namespace, sizeof namespace) ||
        !argument("K8S_POD_UID", uid, sizeof uid)) {
        return fail(INVALID_ENVIRONMENT, "istio-cni: CNI_ARGS", "a pod's name, namespace or uid is longer than Kubernetes allows");
    }
    int failed = read_conf(&conf, &input, namespace);
    if (failed != 0) {
        return failed;
    }
    // Containers that are no pods, which other programs of the node may have, and namespaces that the mesh keeps out of.
    if (*name == '\0' || *namespace == '\0' || conf.excluded) {
        return pass_on(&conf);
    }
    const char *netns = environment("CNI_NETNS");
    if (*netns == '\0') {
        return fail(INVALID_ENVIRONMENT, "istio-cni: CNI_NETNS is not set", "expected: the path of the pod's network namespace");
    }
    struct text socket_path = {0};
    text_add(&socket_path, conf.run_dir);
    text_add(&socket_path, "/pluginevent.sock");
    if (socket_path.length > 107) {
        return fail(INVALID_CONFIG, "istio-cni: \"cni_agent_run_dir\" is too long", "a socket's path has at most 107 bytes");
    }
    struct agent_pod pod = {.netns = netns, .name = name, .namespace = namespace, .uid = uid};
    agent_request(&body, &pod, &conf);
    if (!agent_asks(socket_path.bytes, &body, AGENT_MILLIS, &problem)) {
        struct text message = {0};
        text_add(&message, "istio-cni: pod ");
        text_add(&message, namespace);
        text_add(&message, "/");
        text_add(&message, name);
        text_add(&message, " was not taken into the mesh");
        return fail(TRY_AGAIN, message.bytes, problem.bytes);
    }
    return pass_on(&conf);
}

// CHECK, GC and STATUS: only the configuration can be wrong. That the agent is away is no reason to call the node's network
// unusable, which is what kubelets make of a failed STATUS: running pods, and those of excluded namespaces, do not need it.
static int check(void) {
    struct conf conf;
    struct text input = {0};
    return read_conf(&conf, &input, "");
}

static int report_version(void) {
    struct conf conf = {0};
    struct text input = {0}, json = {0};
    if (read_input(&input) && input.length > 0 && conf_read(&conf, input.bytes, input.length, "") == NULL &&
        *conf.version != '\0') {
        strcpy(version, conf.version);
    }
    text_add(&json, "{\"cniVersion\":");
    text_quoted(&json, version);
    text_add(&json, ",\"supportedVersions\":");
    text_add(&json, SUPPORTED);
    text_add(&json, "}\n");
    return print(&json);
}

int main(void) {
    const char *command = environment("CNI_COMMAND");
    if (strcmp(command, "ADD") == 0) {
        return add();
    }
    if (strcmp(command, "DEL") == 0) {
        // The agent learns of a pod's end from the API, and the rules go with the namespace.
        return 0;
    }
    if (strcmp(command, "CHECK") == 0 || strcmp(command, "GC") == 0 || strcmp(command, "STATUS") == 0) {
        return check();
    }
    if (strcmp(command, "VERSION") == 0) {
        return report_version();
    }
    return fail(INVALID_ENVIRONMENT, "istio-cni: CNI_COMMAND",
                "not set, or unknown (expected: ADD, DEL, CHECK, GC, STATUS or VERSION); this program is started by container runtimes");
}

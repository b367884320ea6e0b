#include "conf.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define TEXT(array) {.bytes = (array), .capacity = sizeof(array)}

static const char NOT_JSON[] = "the network configuration is not JSON, or nested too deeply";
static const char NOT_OBJECT[] = "the network configuration is not a JSON object";

static bool is(const struct json_text *text, const char *wanted) {
    return !text->cut && strlen(wanted) == text->length && memcmp(text->bytes, wanted, text->length) == 0;
}

// Splits "10.1.0.5/24" in place.
static bool read_address(struct conf_ip *ip, char *text) {
    unsigned char bytes[16];
    char *slash = strchr(text, '/');
    if (slash == NULL) {
        return false;
    }
    *slash = '\0';
    ip->v6 = strchr(text, ':') != NULL;
    char *end;
    long prefix = strtol(slash + 1, &end, 10);
    if (slash[1] < '0' || slash[1] > '9' || *end != '\0' || prefix > (ip->v6 ? 128 : 32)) {
        return false;
    }
    ip->prefix = (int)prefix;
    return inet_pton(ip->v6 ? AF_INET6 : AF_INET, text, bytes) == 1 &&
           inet_ntop(ip->v6 ? AF_INET6 : AF_INET, bytes, ip->address, sizeof ip->address) != NULL;
}

static bool read_gateway(struct conf_ip *ip, const char *text) {
    unsigned char bytes[16];
    int family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
    return *text == '\0' || (inet_pton(family, text, bytes) == 1 &&
                             inet_ntop(family, bytes, ip->gateway, sizeof ip->gateway) != NULL);
}

static const char *read_ip(struct json *json, struct conf_ip *ip) {
    char key_bytes[16], value_bytes[64];
    struct json_text key = TEXT(key_bytes), value = TEXT(value_bytes);
    bool more, addressed = false;
    memset(ip, 0, sizeof *ip);
    ip->interface = -1;
    if (!json_at_object(json) || !json_begin(json, '{')) {
        return "prevResult: an entry of \"ips\" is not an object";
    }
    for (;;) {
        if (!json_member(json, &key, &more)) {
            return NOT_JSON;
        }
        if (!more) {
            return addressed ? NULL : "prevResult: an entry of \"ips\" has no \"address\"";
        }
        if (is(&key, "address")) {
            if (!json_string(json, &value) || value.cut || !read_address(ip, value.bytes)) {
                return "prevResult: an \"address\" is not of the form 10.1.0.5/24";
            }
            addressed = true;
        } else if (is(&key, "gateway") && !json_take_null(json)) {
            ip->gateway[0] = '\0';
            if (!json_string(json, &value) || value.cut || !read_gateway(ip, value.bytes)) {
                return "prevResult: a \"gateway\" is not an IP address";
            }
        } else if (is(&key, "interface") && !json_take_null(json)) {
            if (!json_index(json, &ip->interface)) {
                return "prevResult: an \"interface\" is not an index";
            }
        } else if (!is(&key, "gateway") && !is(&key, "interface") && !json_skip(json)) {
            return NOT_JSON;
        }
    }
}

static const char *read_ips(struct json *json, struct conf *conf) {
    bool more;
    conf->ip_count = 0;
    if (json_take_null(json)) {
        return NULL;
    }
    if (!json_at_array(json) || !json_begin(json, '[')) {
        return "prevResult: \"ips\" is not a list";
    }
    for (;;) {
        if (!json_element(json, &more)) {
            return NOT_JSON;
        }
        if (!more) {
            return NULL;
        }
        if (conf->ip_count == CONF_IPS_MAX) {
            return "prevResult: more than 16 addresses";
        }
        const char *wrong = read_ip(json, &conf->ips[conf->ip_count]);
        if (wrong != NULL) {
            return wrong;
        }
        conf->ip_count++;
    }
}

static const char *read_previous(struct json *json, struct conf *conf) {
    char key_bytes[8];
    struct json_text key = TEXT(key_bytes);
    bool more;
    conf->previous = NULL;
    conf->ip_count = 0;
    if (json_take_null(json)) {
        return NULL;
    }
    if (!json_at_object(json)) {
        return "\"prevResult\" is not an object";
    }
    conf->previous = json->at;
    json_begin(json, '{');
    for (;;) {
        if (!json_member(json, &key, &more)) {
            return NOT_JSON;
        }
        if (!more) {
            conf->previous_length = (size_t)(json->at - conf->previous);
            return NULL;
        }
        const char *wrong = NULL;
        if (is(&key, "ips")) {
            wrong = read_ips(json, conf);
        } else if (!json_skip(json)) {
            wrong = NOT_JSON;
        }
        if (wrong != NULL) {
            return wrong;
        }
    }
}

static const char *read_excluded(struct json *json, struct conf *conf, const char *namespace) {
    static const char WRONG[] = "\"exclude_namespaces\" is not a list of strings";
    char name_bytes[256];
    struct json_text name = TEXT(name_bytes);
    bool more;
    conf->excluded = false;
    if (json_take_null(json)) {
        return NULL;
    }
    if (!json_at_array(json) || !json_begin(json, '[')) {
        return WRONG;
    }
    for (;;) {
        if (!json_element(json, &more)) {
            return NOT_JSON;
        }
        if (!more) {
            return NULL;
        }
        if (!json_string(json, &name)) {
            return WRONG;
        }
        conf->excluded = conf->excluded || is(&name, namespace);
    }
}

static const char *read_member(struct json *json, struct conf *conf, const struct json_text *key, const char *namespace) {
    if (is(key, "cniVersion")) {
        struct json_text version = TEXT(conf->version);
        return json_string(json, &version) && !version.cut ? NULL : "\"cniVersion\" is not a version";
    }
    if (is(key, "cni_agent_run_dir")) {
        struct json_text directory = TEXT(conf->run_dir);
        return json_string(json, &directory) && !directory.cut ? NULL : "\"cni_agent_run_dir\" is not a path, or too long";
    }
    if (is(key, "exclude_namespaces")) {
        return read_excluded(json, conf, namespace);
    }
    if (is(key, "prevResult")) {
        return read_previous(json, conf);
    }
    return json_skip(json) ? NULL : NOT_JSON;
}

const char *conf_read(struct conf *conf, const char *text, size_t length, const char *namespace) {
    struct json json = {.at = text, .end = text + length};
    char key_bytes[32];
    struct json_text key = TEXT(key_bytes);
    bool more;
    memset(conf, 0, sizeof *conf);
    strcpy(conf->run_dir, "/var/run/istio-cni");
    if (!json_at_object(&json)) {
        return NOT_OBJECT;
    }
    json_begin(&json, '{');
    for (;;) {
        if (!json_member(&json, &key, &more)) {
            return NOT_JSON;
        }
        if (!more) {
            return json_at_end(&json) ? NULL : NOT_JSON;
        }
        const char *wrong = read_member(&json, conf, &key, namespace);
        if (wrong != NULL) {
            return wrong;
        }
    }
}

bool conf_version_is_supported(const char *version) {
    static const char *const VERSIONS[] = {"0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"};
    for (size_t i = 0; i < sizeof VERSIONS / sizeof *VERSIONS; i++) {
        if (strcmp(version, VERSIONS[i]) == 0) {
            return true;
        }
    }
    return false;
}

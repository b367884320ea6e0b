// Reads network configurations from standard input, each after its length in four bytes (big-endian), and says of each in a line
// what the plugin makes of it. Each lies in a block of memory of exactly its size, so that the address sanitizer sees a byte too far.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../main/c/agent.h"
#include "../../main/c/conf.h"
#include "../../main/c/text.h"

static void report(const char *document, size_t length) {
    struct conf conf;
    struct text line = {0};
    const char *wrong = conf_read(&conf, document, length, "excluded");
    if (wrong != NULL) {
        text_add(&line, "{\"wrong\":");
        text_quoted(&line, wrong);
    } else {
        struct agent_pod pod = {.netns = "/run/netns/\"x\"", .name = "a\\b\n", .namespace = "c", .uid = ""};
        text_add(&line, "{\"version\":");
        text_quoted(&line, conf.version);
        text_add(&line, ",\"runDir\":");
        text_quoted(&line, conf.run_dir);
        text_add(&line, conf.excluded ? ",\"excluded\":true,\"previous\":" : ",\"excluded\":false,\"previous\":");
        if (conf.previous == NULL) {
            text_add(&line, "null");
        } else {
            char *previous = strndup(conf.previous, conf.previous_length);
            text_quoted(&line, previous);
            free(previous);
        }
        text_add(&line, ",\"request\":");
        agent_request(&line, &pod, &conf);
    }
    text_add(&line, "}");
    puts(line.bytes);
    free(line.bytes);
}

int main(void) {
    unsigned char header[4];
    while (fread(header, 1, sizeof header, stdin) == sizeof header) {
        size_t length = (size_t)header[0] << 24 | (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];
        char *document = malloc(length == 0 ? 1 : length);
        if (document == NULL || fread(document, 1, length, stdin) != length) {
            return 1;
        }
        report(document, length);
        free(document);
    }
    return 0;
}

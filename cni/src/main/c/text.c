#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_bytes(struct text *text, const char *bytes, size_t length) {
    if (text->capacity - text->length < length + 1) {
        text->capacity = 2 * text->capacity + length + 256;
        text->bytes = realloc(text->bytes, text->capacity);
        if (text->bytes == NULL) {
            abort();
        }
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_add(struct text *text, const char *string) {
    text_bytes(text, string, strlen(string));
}

void text_number(struct text *text, long long number) {
    char digits[32];
    snprintf(digits, sizeof digits, "%lld", number);
    text_add(text, digits);
}

void text_quoted(struct text *text, const char *string) {
    text_add(text, "\"");
    for (const char *at = string; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte == '"' || byte == '\\') {
            text_add(text, "\\");
            text_bytes(text, at, 1);
        } else if (byte < 0x20 || byte == 0x7f) {
            char escape[8];
            snprintf(escape, sizeof escape, "\\u%04x", byte);
            text_add(text, escape);
        } else {
            text_bytes(text, at, 1);
        }
    }
    text_add(text, "\"");
}

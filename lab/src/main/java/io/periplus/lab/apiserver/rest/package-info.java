/** The verbs of the API on objects: get, list, watch, create, update, patch, delete and the subresources. */
@NullMarked
package io.periplus.lab.apiserver.rest;

import org.jspecify.annotations.NullMarked;

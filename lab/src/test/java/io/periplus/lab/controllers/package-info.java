/** Behaviour of the controllers against the store they work on. */
@NullMarked
package io.periplus.lab.controllers;

import org.jspecify.annotations.NullMarked;

/** Behaviour of the controllers against a store in memory. */
@NullMarked
package io.periplus.lab.controllers;

import org.jspecify.annotations.NullMarked;

#!/usr/bin/env node
// Here and not in dist/, so that an install of this repository finds the program before it is built.
import './dist/cli.js';

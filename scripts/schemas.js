// The name of scripts/generate.js when it wrote schemas only.
import './generate.js';

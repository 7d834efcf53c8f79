/* Training: steps of Adam on samples in a random but fixed order, one sample a step, each turned by a random symmetry?
 */

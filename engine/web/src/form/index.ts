export { flatten, same, splitPath, unflatten, type Flat, type Json, type Tree } from "./answers";
export { controlId, focusFact } from "./context";
export { OutcomeForm, type OutcomeFormProps } from "./OutcomeForm";
export { SourceTag } from "./SourceTag";
export { readDigits } from "./typing";
export { divisionName, writeFound, writeValue } from "./values";

export { CostPanel, termText } from "./CostPanel";
export { Articles, articleText, ExplanationPanel, Missing } from "./ExplanationPanel";
export { Mark, shapeOf, type Shape } from "./Mark";
export { MaterialsPanel, satisfiedText, type MaterialActions } from "./MaterialsPanel";

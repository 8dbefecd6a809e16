"""The names of the contract that the case API is checked by from outside, as data.

Whoever changes one changes what outsiders rely on.
"""

TYPES = """
  Programme Region Municipality Institution Semester CooperationAgreement StaffAssignment Tariff Learner Enrolment
  Transfer SupportPlan RiskAssessment Measure Consultation Timesheet ReimbursementClaim PaymentBatch LedgerEntry
  RiskFactor MeasureKind InitiativeCall InitiativeProject TrainingEvent TrainingRegistration CooperationTeam Meeting
  FeedbackSummary Viewer WorkItem AccessLogEntry HistoryEntry SemesterReport StatisticsTable EffectivenessResult
  PublishedFigure EarlyWarning Webhook BulkExport
"""
ENUMS = {
    "TimesheetStatus": "ENTERED APPROVED_BY_INSTITUTION APPROVED_BY_COORDINATOR LOCKED",
    "TrainingKind": "SEMINAR SUPERVISION WORKSHOP CONFERENCE PROGRAMME CONSULTATION_DAY",
    "ProgrammeKind": "GENERAL VOCATIONAL",
    "MutationErrorCode": """REQUIRED INVALID NOT_FOUND NOT_ALLOWED CONFLICT DUPLICATE UNMET_CONDITION OUT_OF_PERIOD
      LIMIT_EXCEEDED LOCKED""",
}
"""Beside those that run and are tried in test_schema.py."""
LISTS = """
  programmes semesters regions municipalities institutions agreements staffAssignments riskFactors measureKinds tariffs
  learners possibleDuplicates transfers supportPlans consultations timesheets reimbursementClaims paymentBatches ledger
  workQueue earlyWarnings initiativeCalls initiativeProjects trainingEvents cooperationTeams meetings publishedFigures
  accessLog history webhooks
"""
QUERIES = {
    "viewer": "",
    "institution": "id",
    "learner": "id",
    "supportPlan": "id",
    "timesheet": "id",
    "feedbackSummary": "",
    "semesterReport": "institutionId municipalityId regionId semesterId divisionOn asOf",
    "statistics": "table rows columns filters asOf",
    "effectiveness": "study",
    "accessLog": "learnerId",
    "history": "id",
    "bulkExport": "id",
    "node": "id",
    "nodes": "ids",
}
"""Query -> arguments it takes at least."""
MUTATIONS = """
  signAgreement joinInstitution leaveInstitution assignStaff endAssignment setReferenceValue setTariff closeSemester
  reopenSemester registerLearner updateLearner enrolLearner endEnrolment proposeTransfer acceptTransfer rejectTransfer
  revokeTransfer decideDuplicate undoMerge breakGlass draftSupportPlan recordApplication carryForwardSupportPlan
  assessRisk planMeasure removeMeasure submitSupportPlan approveSupportPlan returnSupportPlan evaluateSupportPlan
  closeSupportPlan interruptSupportPlan recordConsultations confirmConsultation correctConsultation approveTimesheet
  withdrawTimesheetApproval setPosition submitMonth reopenMonth claimReimbursement approveReimbursement
  rejectReimbursement createPaymentBatch markPaymentBatchPaid markPaymentReturned publishInitiativeCall
  submitInitiativeProject decideAdmissibility scoreInitiativeProject decideInitiativeProject enrolProjectParticipants
  reportInitiativeProject createTrainingEvent registerForTraining recordAttendance inviteToTeam scheduleMeeting
  recordMeeting shareWithTeam endSharing requestFeedback submitFeedback recordIndicators decideEarlyWarning
  startBulkExport startImport createWebhook deleteWebhook replayWebhook registerDocument
"""
REPORT = "plans learners riskIdentifications measures consultations reimbursements generatedAt contentHash"
"""Fields of a semester report."""
